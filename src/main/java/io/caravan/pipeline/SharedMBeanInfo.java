package io.caravan.pipeline;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.modelmbean.InvalidTargetObjectTypeException;
import javax.management.modelmbean.ModelMBean;
import javax.management.modelmbean.ModelMBeanInfo;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedInstance;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.api.management.NotificationSenderAware;
import org.apache.camel.support.management.DefaultManagementMBeanAssembler;
import org.apache.camel.support.management.MixinRequiredModelMBean;
import org.jspecify.annotations.Nullable;

/**
 * Makes the MBeans that Hawtio shows. Camel makes a description for each, which takes a fifth of the main thread's time in a start;
 * here those of one class share one. (DefaultManagementMBeanAssembler and MBeanInfoAssembler in 4.17.0: name, description,
 * attributes and operations depend on nothing but the class.)
 */
final class SharedMBeanInfo extends DefaultManagementMBeanAssembler {
    private final Map<Class<?>, ModelMBeanInfo> infos = new ConcurrentHashMap<>();

    SharedMBeanInfo(CamelContext context) {
        super(context);
    }

    @Override
    public @Nullable ModelMBean assemble(MBeanServer server, Object managed, ObjectName name) throws JMException {
        if (describesItself(managed) || managed instanceof NotificationSenderAware) {
            return super.assemble(server, managed, name);
        }
        ModelMBeanInfo info = infos.get(managed.getClass());
        if (info == null) {
            info = assembler.getMBeanInfo(camelContext, managed, null, name.toString());
            if (info == null) {
                return null; // as for a proxy
            }
            infos.put(managed.getClass(), info);
        }
        boolean masked = Boolean.TRUE.equals(
                camelContext.getManagementStrategy().getManagementAgent().getMask());
        MixinRequiredModelMBean bean = new MixinRequiredModelMBean(info, masked, null, null);
        try {
            bean.setManagedResource(managed, "ObjectReference");
        } catch (InvalidTargetObjectTypeException e) {
            throw new JMException(e.getMessage());
        }
        return bean;
    }

    /** Whether what the MBean stands for has attributes and operations of its own. */
    private static boolean describesItself(Object managed) {
        return managed instanceof ManagedInstance instance
                && instance.getInstance() != null
                && instance.getInstance().getClass().isAnnotationPresent(ManagedResource.class);
    }
}
